# tags: exceptions for lists
def check_age(age):
    if age < 0:
        raise ValueError("age cannot be negative")
    if age > 150:
        raise ValueError("age is too big")
    return age

for a in [20, -5, 200]:
    try:
        print("ok", check_age(a))
    except ValueError as e:
        print("error:", e)
