a = 1 + \
    2
if a > 1 and \
        a < 5:
    b = "yes" \
        "no"
text = """two
lines: %d
""" % a
def long_name(first,
              second=a,
              ):
    "One line."; return first + \
        second
print(text, b, long_name(
    2))
