"""The pages that people read: their examples run and compared, their links followed, and a site made of them."""
