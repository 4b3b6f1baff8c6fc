name, price, width = "tea", 2.5, 8
print(f"{name:>{width}}|{price:.2f}|{price:{width}.1f}|")
print(f"{name=} {price + 1 = :.1f} {name!r:^7}")
total = 1234567
print(f"{total:,} {total:e} {255:#x} {7:03d} {0.256:.1%}")
rows = [f"{i}:{'even' if i % 2 == 0 else 'odd'}" for i in range(2)]
text = f"{{braces}} {rows[0]}" f" {len(rows)}"
print(f"{'x' * 3}"
      f"{text}")
