"""Width and height of a JPEG or PNG file, from its header."""

import struct

# Start-of-frame markers: all of 0xC0...0xCF but the Huffman table, the reserved and the
# arithmetic-coding ones.
FRAME_MARKERS = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def image_size(content):
    """(width, height) of the stored pixels; an EXIF orientation is not applied."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return struct.unpack(">II", content[16:24])
    if content.startswith(b"\xff\xd8"):
        return jpeg_size(content)
    raise ValueError("neither a JPEG nor a PNG signature")


def jpeg_size(content):
    at = 2
    while True:
        while content[at + 1] == 0xFF:  # fill bytes before a marker
            at += 1
        marker, length = content[at + 1], struct.unpack(">H", content[at + 2:at + 4])[0]
        if marker in FRAME_MARKERS:
            height, width = struct.unpack(">HH", content[at + 5:at + 9])
            return width, height
        at += 2 + length
