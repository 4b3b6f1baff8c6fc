def part(n):
    return 10 // n

def build(a, b):
    return [
        part(a),
        part(
            b
        ),
    ]

rows = {
    "first": build(5, 2),
    "second":
        build(
            1,
            0),
}
