# SPDX-License-Identifier: MIT
"""smaller.py IN.png OUT.png: a screenshot in at most 256 colours, about half as large."""
import collections
import struct
import sys
import zlib


def chunks(data):
    at = 8
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at:at + 8])
        yield kind, data[at + 8:at + 8 + length]
        at += 12 + length


def paeth(a, b, c):
    p = a + b - c
    pa, pb, pc = abs(p - a), abs(p - b), abs(p - c)
    return a if pa <= pb and pa <= pc else b if pb <= pc else c


def unfilter(kind, row, above, n):
    for i, octet in enumerate(row):
        left = row[i - n] if i >= n else 0
        corner = above[i - n] if i >= n else 0
        row[i] = octet + (0, left, above[i], (left + above[i]) // 2,
                          paeth(left, above[i], corner))[kind] & 255


def read(path):
    """Width, and rows of (r, g, b)."""
    parts = list(chunks(open(path, "rb").read()))
    width, height, depth, colour, _, _, interlace = struct.unpack(">IIBBBBB", parts[0][1])
    assert depth == 8 and colour in (2, 6) and interlace == 0
    n = 3 if colour == 2 else 4
    octets = zlib.decompress(b"".join(body for kind, body in parts if kind == b"IDAT"))
    above, rows = bytearray(width * n), []
    for y in range(height):
        at = y * (width * n + 1)
        row = bytearray(octets[at + 1:at + 1 + width * n])
        if octets[at]:
            unfilter(octets[at], row, above, n)
        rows.append(list(zip(row[0::n], row[1::n], row[2::n])))
        above = row
    return width, rows


def palette_of(rows):
    """The colours used most, and for each of the others the nearest of these."""
    used = collections.Counter(pixel for row in rows for pixel in row)
    kept = [colour for colour, _ in used.most_common(256)]
    index = {colour: i for i, colour in enumerate(kept)}
    for colour in used:
        if colour not in index:
            index[colour] = min(range(len(kept)), key=lambda i: sum(
                (a - b) ** 2 for a, b in zip(colour, kept[i])))
    return kept, index


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def write(path, width, rows):
    kept, index = palette_of(rows)
    lines = b"".join(b"\0" + bytes(index[pixel] for pixel in row) for row in rows)
    head = struct.pack(">IIBBBBB", width, len(rows), 8, 3, 0, 0, 0)
    with open(path, "wb") as out:
        out.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) +
                  chunk(b"PLTE", bytes(part for colour in kept for part in colour)) +
                  chunk(b"IDAT", zlib.compress(lines, 9)) + chunk(b"IEND", b""))


if __name__ == "__main__":
    write(sys.argv[2], *read(sys.argv[1]))
