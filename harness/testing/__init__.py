"""What a program's own tests need: a fake that is scripted as the test goes, and a trace of what the program did."""
