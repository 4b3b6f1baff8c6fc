def add_one(numbers):
    numbers.append(1)

def replace(numbers):
    numbers = ["new"]
    return numbers

def bump(n):
    n += 1

mine = []
alias = mine
add_one(mine)
other = replace(mine)
k = 5
bump(k)
print(mine is alias, other, k)
