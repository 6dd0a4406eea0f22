internal import Schema

/// One line on standard output, for people.
func show(_ line: String) { print(line.printable) }
