"""Environment files become frozen, checked values here; nothing else reads them."""
