def digit_sum(n):
    if n < 10:
        return n
    return n % 10 + digit_sum(n // 10)

def digital_root(n):
    while n > 9:
        n = digit_sum(n)
    return n

print(digit_sum(4096))
print(digital_root(9875))
print(sum(int(d) for d in str(4096)) == digit_sum(4096))
