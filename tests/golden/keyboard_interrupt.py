def wait():
    raise KeyboardInterrupt

try:
    try:
        wait()
    except Exception:
        print("no")
except KeyboardInterrupt:
    print("stopped")
wait()
