#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Writes the hand-made part of the corpora about texts that people write.

Names tell what a seed is for. Run it after adding one; files of other names stay.
"""
import json
import pathlib

HERE = pathlib.Path(__file__).resolve().parent
CORPUS = HERE / "corpus"

DOCUMENTS = {
    "empty": b"",
    "newline": b"\n",
    "comments": b"# nothing\n  # at all",
    "bom": b"\xef\xbb\xbftitle: x\n",
    "bom-only": b"\xef\xbb\xbf",
    "bom-within": b"title: \xef\xbb\xbfx\n",
    "utf16": "title: x".encode("utf-16"),
    "word": b"word",
    "play": b"title: x\nloud: true\ntimes: 12\nwait: 1.5s\nleast-wait: 500ms\nsize: 1MiB\n"
            b"rate: 2KiB/s\nchance: 5%\nmood: wild\nlead: Ann\nown: [any, {thing: 1}]\n",
    "parts": b"lead: {called: Ann, repeat: 7, inner: [x, {name: y, inner: z}]}\n"
             b"parts:\n  - Bob\n  - [1, 2]\n  - {name: C}\ncast: {Ann: {monday: Eve}}\n",
    "wrong": b"tilte: x\nloud: yes\ntimes: 0\nwait: 5\nchance: 5\nmood: gave\nlead: {repeat: 1}\n"
             b"parts:\n  - [1,2,3,4,5,6,7,8,9,10]\n  - {}\ncast: x\n",
    "both-spellings": b"lead: {name: x, called: y}\n",
    "indented-wrong": b"lead:\n  name: x\n  mood: wild\nrepeat: 3\n",
    "documents": b"---\ntitle: 1\n---\n---\nb\n...\n--- [c]\n",
    "directives": b"%YAML 1.2\n%TAG ! tag:x,2000:\n---\na: b\n",
    "yaml2": b"%YAML 2.0\n---\na\n",
    "texts": b"on: yes\n1:30: 1:30\nnull: ~\n2001-01-01: 0x1f\n",
    "quotes": b"\"a\\n\\x41\\u00e9\\U0001F600\\\n  b\": 'c''d\n\n  e'\n",
    "blocks": b"a: |\n  x\n   y\n\nb: >-\n  z\n  z\nc: |2+\n   w\n\n",
    "plain-lines": b"a: b\n  c\n\n  d\n",
    "question": b"? a\n: b\n? c\n",
    "key-list": b"? [a]\n: b\n",
    "template": b"a: {{b}}\n",
    "flow": b"{a: [1, {b: c,}, ], \"d\":e, f: }\n",
    "flow-open": b"a: [1, {b: c\n",
    "quote-open": b"a: \"b\nc: d\n",
    "twice": b"a: 1\nb: 2\na: 3\n\"a\": 4\n",
    "twice-json": b"[{\"a\": {\"b\": 1, \"b\": 1}, \"c\": 0}]",
    "anchor": b"a: &x [b]\nc: *x\n",
    "bomb": b"a: &a [x, x]\n" + b"".join(
        b"%c: &%c [%s]\n" % (c, c, b", ".join([b"*%c" % (c - 1)] * 9)) for c in range(98, 107)),
    "merge": b"a: &a {b: c}\nd:\n  <<: *a\n",
    "tags": b"a: !!binary aGk=\nb: !x y\nc: !<z> {}\nd: !!str [e]\n",
    "star": b"match: **\n",
    "levels-63": b"[" * 63 + b"]" * 63,
    "levels-64": b"[" * 64 + b"]" * 64,
    "levels-65": b"[" * 65 + b"]" * 65,
    "levels-block": b"- " * 64 + b"x",
    "levels-maps": b"{a: " * 65,
    "levels-indent": b"".join(b" " * i + b"a:\n" for i in range(70)),
    "levels-open": b"[" * 5000,
    "huge-plain": b"title: " + b"x" * 20000,
    "huge-quoted": b"title: \"" + b"\xc3\xa9" * 10000 + b"\"",
    "huge-key": b"k" * 2000 + b": 1\n",
    "many": b"[" + b"a," * 3000 + b"]",
    "long-line": b"[" + b"{mood: x}, " * 300 + b"&a b]",
    "nul": b"title: \"a\0b\"\n",
    "nul-escape": b"title: \"a\\0b\"\n",
    "nul-json": b"{\"title\": \"\\u0000\"}",
    "utf8-bad": b"a: 1\nb: \"\xff\"\n",
    "utf8-half": b"a: \xc3(\n",
    "utf8-surrogate": b"a: \xed\xa0\x80\n",
    "utf8-long": b"a: \xc0\x80\xe0\x80\x80\n",
    "utf8-beyond": b"a: \xf4\x90\x80\x80\n",
    "utf8-cut": b"a: \xe2\x82",
    "c0": b"a: \x1b[31m\x07\n",
    "c1": b"a: \xc2\x9b31m &x\n",
    "bidi": b"a: \xe2\x80\xae\xe2\x81\xa6 &x\n",
    "del": b"a: \x7f\n",
    "wide": "漢字: [😀, e\u0301, &x]\n".encode(),
    "tabs": b"a:\t1\n\tb: 2\n",
    "tab-list": b"a:\n\t- b\n",
    "crlf": b"title: x\r\nparts:\r\n  - a\r\n  - {nmae: b}\r\n",
    "cr": b"title: x\rmood: y\r",
    "nel": b"title: x\xc2\x85mood: y\xe2\x80\xa8loud: z\xe2\x80\xa9a: b\n",
    "json": json.dumps({"title": "é😀\"\\/\b", "times": 3, "parts": ["a", {"name": None}],
                        "loud": True, "chance": 0.5}, indent="\t").encode(),
    "json-pairs": b"{\"\\ud83d\\ude00\": \"\\ud83d\\ude00\\uD800\\uDC00\", \"mood\": \"\\u00e9\"}",
    "json-half": b"[\"\\ud83d\\ude00\", \"\\ud83d\", \"\\ude00\\ud83d\"]",
    "json-escaped": b"[\"\\\\ud83d\\\\ude00\\\"\", \"\\/\"]",
    "json-not": b"{a: 'x \\ud83d\\ude00', # \"\n \"b\": \"\\ud83d\\ude00\"}",
    "escapes": b"a: \"\\d\\\"\nb: \"\\xZZ\"\n",
    "colons": b"a: b: c\n",
    "list-here": b"a: - b\n",
    "no-colon": b"a: 1\nb\nc: 2\n",
    "dedent": b"a:\n    b: 1\n  c: 2\n",
}


def write(target, seeds):
    folder = CORPUS / target
    folder.mkdir(parents=True, exist_ok=True)
    for name, octets in seeds.items():
        (folder / f"seed-{name}").write_bytes(octets)


write("fz_doc", DOCUMENTS)
