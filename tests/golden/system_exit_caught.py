import sys

try:
    sys.exit("bye")
except SystemExit as e:
    print("code", e.code)
try:
    exit_now = SystemExit(2)
    raise exit_now
except Exception:
    print("not an Exception")
finally:
    print("cleaning")
