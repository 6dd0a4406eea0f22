"""Makes what SixDoF is installed from: a wheel, a Debian package, an archive and a container image around one program."""
