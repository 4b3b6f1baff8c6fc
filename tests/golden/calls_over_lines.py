def total(*numbers, start=0):
    return sum(
        numbers,
        start,
    )

def double(n):
    return n * 2

answer = total(
    double(1),
    double(
        2
    ),
    start=double(3),
)
words = ["b",
         "a"]
text = (", "
        .join(sorted(
            words))
        .upper())
print(answer,
      text)
assert answer == 12, (
    "wrong"
)
