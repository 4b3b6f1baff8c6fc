print("{:<8}{:>5}".format("pen", 3))
print("{:<8}{:>5}".format("notebook", 14))
