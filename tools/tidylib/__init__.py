"""The rules of style that a program can check; tools/tidy.py runs them."""
