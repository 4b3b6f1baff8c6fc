# tags: floats functions fstrings
def bmi(weight_kg, height_m):
    return weight_kg / height_m ** 2

value = bmi(70, 1.75)
print(f"BMI: {value:.1f}")
category = "normal" if 18.5 <= value < 25 else "other"
print(category)
