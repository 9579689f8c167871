# SPDX-License-Identifier: MIT
# cmake -DIN=data/report.css -DOUT=report_css.gen.h -DNAME=report_css -P cmake/embed.cmake
#
# A file becomes `static const unsigned char NAME[]`, without a NUL at its end.

file(READ ${IN} octets HEX)
string(REGEX REPLACE "(..)" "0x\\1," octets "${octets}")
string(REGEX REPLACE "((0x..,){16})" "\\1\n    " octets "${octets}")
file(WRITE ${OUT} "/* Made from ${IN} by cmake/embed.cmake. */\n"
                  "static const unsigned char ${NAME}[] = {\n    ${octets}\n};\n")
