def t(x):
    print("t", x)
    return x

print(t(0) or t(5) or t(7))
print(t(3) and t("") and t(9))
print(not t(0) or t(1))
