"""What Kith holds about people: the register, giving it out, erasing it, how long it is kept."""
