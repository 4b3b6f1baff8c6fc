menu = {"soup": 4, "cake": 3}
for dish in menu:
    print(f"{dish:<7}{menu[dish]:>3} euro")
