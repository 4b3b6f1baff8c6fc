# Exercise 11: two names, one list!
basket = ["milk", "eggs"]
same_basket = basket
copy_basket = basket[:]

same_basket.append("bread")
copy_basket.append("jam")

print(basket)
print(same_basket)
print(copy_basket)
print(basket is same_basket, basket == copy_basket)
