: placeholder
