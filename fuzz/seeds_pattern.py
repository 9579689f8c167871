#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Writes the hand-made corpora of patterns and templates. Run it after adding a row."""
import pathlib

CORPUS = pathlib.Path(__file__).resolve().parent / "corpus"

# Two patterns and a value.
PATTERNS = [
    (b"/a", b"/b", b"/a"), (b"/*", b"/a", b"/a"), (b"/*.js", b"/**", b"/x.js.js"),
    (b"/api/**", b"/api/*", b"/api/x"), (b"/api/**", b"/api", b"/api"),
    (b"**", b"/**/x", b"/y/x"), (b"/a/**/b", b"/a/x/b", b"/a/b"),
    (b"/a/**/**/b", b"/a/**/**", b"/a/x/y/b"), (b"/**/", b"**/", b"/a/"),
    (b"/{id}", b"/*", b"/7"), (b"/u/{id}.json", b"/u/{id}", b"/u/a.json.json"),
    (b"/{a}-{b}", b"/{a}{b}", b"/x-y-z"), (b"/**/{a}/y/{b}", b"/{a}/**", b"/p/y/q/y/r"),
    (b"/**/x/*/y", b"/**/*", b"/x/a/b/x/c/y"), (b"**a*b", b"**a*/b*c", b"/xa/yaxb"),
    (b"/**a**a**a**b", b"/**a*a*a*b", b"/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
    (b"/*a*a*a*a*b", b"*", b"/aaaaaaaaaaaaaaaaaaaaaaa"), (b"/\\*\\{\\\\", b"/\\a", b"/*{\\"),
    (b"/{id}/x*", b"/\\/x*", b"//x"), (b"/{", b"/{}", b"/{"), (b"/{a}/{a}", b"/{a b}", b"/"),
    (b"/a\\", b"\\", b"/a"), (b"".join(b"/{n%d}" % i for i in range(17)), b"", b"/"),
    (b"present", b"absent", b"x"), (b"> 5", b"<= 10", b"7"), (b">=-1.50", b"< 0", b"-1.5"),
    (b"5..10", b"5..", b"10.0"), (b"10..5", b"> x", b"7"), (b"<html>", b"<5>", b"<html>"),
    (b"*.png", b"a?c", b"abc"), (b"*a*b", b"***", b"xaabab"), (b"a\\*", b"a\\?*", b"a*"),
    (b"/^Digest /", b"/^digest /i", b"Digest x"), (b"/api/x", b"/a b/x", b"ab"),
    (b"/(a+)+$/", b"/(.*)*b/s", b"a" * 60 + b"!"), (b"/^b$/m", b"/a\\/b/", b"a\nb\nc"),
    (b"(a|aa)+$", b"/(?:a|b)*$/", b"ab" * 40), (b"(?<a>x)\\k<a>", b"(?=(a+))a*b", b"xx"),
    (b"\xc3\xa9+", b"/[\xc3\xa9\xc3\xbc]/i", b"\xc3\x89\xff"), (b"(?R)?x", b"(?1)(x)", b"xx"),
    (b"(", b"/[z-a]/", b""), (b"a{1,9}{1,9}{1,9}", b"(?C1)a(?C\"x\")", b"aaaa"),
    (b"(*UTF)x", b"(*LIMIT_MATCH=1)x", b"x"), (b"\\C", b"(?<=ab)c", b"abc"),
]

# A template and a value.
TEMPLATES = [
    (b"", b""), (b"plain", b"x"), (b"{{v}}", b"x"), (b"a{{ v }}b{{v}}", b"\r\n"),
    (b"{{{{", b""), (b"{{{{{{v}}", b"<"), (b"{{{v}}}", b"\""), (b"{{{{v}}", b"x"),
    (b"{\"a\":{\"b\":{{v}}}}", b"\\\""), (b"{{request.path.id}}", b"/"),
    (b"{{request.header.x y}}", b"%"), (b"{{random 1 6}}", b"3"), (b"{{random a}}", b""),
    (b"{{random 1 2 3}}", b""), (b"{{args \"a b\" c}}", b"\0"), (b"{{args \"}}\"}}", b"}}"),
    (b"{{args \"\\\"\\\\\\n\"}}", b"'"), (b"{{args \"a}}", b""), (b"{{args.x.y a b c d}}", b"&"),
    (b"{{args a b c d e}}", b""), (b"{{", b""), (b"{{}}", b""), (b"{{ v }", b""),
    (b"{{v.x}}", b""), (b"{{request.}}", b""), (b"{{.x}}", b""), (b"{{reqest}}", b""),
    (b"{{v\t\r\n}}", b"\t"), (b"a\r\n{{v}}\x7f", b"\x1b[0m"), (b"{{v}}", bytes(range(256))),
    (b"{{v}}", b"\xc3\xa9\xc2\x80\xff\xed\xa0\x80"), (b"{{v}}", b"\xf0\x9f\x98\x80\xe2\x80\xa8"),
    (b"<a href=\"{{v}}\">", b"\"><script>"), (b"/{{v}}?q={{v}}", b"a b/c?d=\xc3\xa9"),
    (b"{{v}}" * 40, b"<" * 40), (b"x: {{v}}", b"a\r\nSet-Cookie: b"), (b"%n%s{{v}}", b"%n%s"),
]


def write(target, seeds):
    folder = CORPUS / target
    folder.mkdir(parents=True, exist_ok=True)
    for i, octets in enumerate(seeds):
        (folder / f"seed-{i:02}").write_bytes(octets)


write("fz_pattern", [b"\n".join(row) for row in PATTERNS])
write("fz_template", [b"\0".join(row) for row in TEMPLATES])
