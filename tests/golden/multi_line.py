def add(a,
        b=2):
    return (
        a
        + b
    )

total = add(
    1,
    b=add(
        3,
    ),
)
table = {
    "one": 1,
    "sum": total,
}
if (
    total > 3
    and table
):
    print(
        total,
        sep="",
    )
