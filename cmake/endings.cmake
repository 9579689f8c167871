# SPDX-License-Identifier: MIT
# cmake -DIN=data/endings.tsv -DOUT=endings.gen.h -P cmake/endings.cmake
#
# Turns the rows of endings.tsv into ENDINGS(X), the list that naysay/http.h makes
# enum ending from. A row that does not have four columns stops the build by its line.

file(READ ${IN} text)
foreach(forbidden "[[]" "]" "\"" "\\\\") # brackets keep CMake from splitting, " and \ end C strings
  if(text MATCHES "${forbidden}")
    message(FATAL_ERROR "${IN}: none of [ ] \" \\ may stand in this file")
  endif()
endforeach()
string(ASCII 31 semicolon) # ';' separates CMake's lists: it travels in disguise
string(REPLACE ";" "${semicolon}" text "${text}")
string(REPLACE "\n" ";" lines "${text}")

set(rows "")
set(number 0)
foreach(line IN LISTS lines)
  math(EXPR number "${number} + 1")
  if(line STREQUAL "" OR line MATCHES "^#")
    continue()
  endif()
  if(NOT line MATCHES "^([a-z0-9-]+)\t([0-9]+)\t([a-z_-]+)\t([^\t]+)$")
    message(FATAL_ERROR "${IN}:${number}: expected name, status, error type and meaning, "
                        "separated by tabs")
  endif()
  set(name ${CMAKE_MATCH_1})
  set(status ${CMAKE_MATCH_2})
  set(error ${CMAKE_MATCH_3})
  set(help "${CMAKE_MATCH_4}")
  if(error STREQUAL "-")
    set(error "")
  endif()
  string(TOUPPER ${name} id)
  string(REPLACE "-" "_" id ${id})
  string(APPEND rows " \\\n    X(${id}, \"${name}\", ${status}, \"${error}\", \"${help}\")")
endforeach()

string(REPLACE "${semicolon}" ";" rows "${rows}")
file(WRITE ${OUT} "/* Made from data/endings.tsv by cmake/endings.cmake. */\n"
                  "#define ENDINGS(X)${rows}\n")
