# tags: recursion lists slicing
def list_sum(lst):
    # base case
    if not lst:
        return 0
    # recursive case
    head = lst[0]
    tail = lst[1:]
    return head + list_sum(tail)

print(list_sum([5, 10, 15]))
