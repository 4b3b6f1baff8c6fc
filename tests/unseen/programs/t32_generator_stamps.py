# A coffee shop: every 4th drink is free
def drinks(n):
    for i in range(1, n + 1):
        if i % 4 == 0:
            yield "FREE"
        else:
            yield 3

card = drinks(9)
print(next(card), next(card))
paid = 6
for d in card:
    print(d, end=" ")
    if d != "FREE":
        paid += d
print()
print("Paid in total:", paid)
