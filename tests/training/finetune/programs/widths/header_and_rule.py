head = f"{'day':<6}{'rain':>6}"
print(head)
print("=" * len(head))
print(f"{'Mon':<6}{12:>6}")
print(f"{'Tue':<6}{3:>6}")
