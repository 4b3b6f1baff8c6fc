title = "menu"
print(title.center(12))
print("soup".ljust(8) + "4.50".rjust(6))
print("cake".ljust(8) + "3.20".rjust(6))
