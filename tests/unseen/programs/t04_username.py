first = "  Maya "
last = "O'Neill"
year = 2008

clean = last.replace("'", "").lower()
user = first.strip().lower()[0] + clean + str(year)[-2:]
print("Your login:", user)
print("Length ok?", 6 <= len(user) <= 10)
