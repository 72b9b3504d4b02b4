"""Harbor: an imaginary ATS, which proves that a third one is one folder and one line."""
