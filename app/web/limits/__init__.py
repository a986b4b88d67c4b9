"""How often one may ask. In reading order: ring, gcra.lua, redis, memory, limiter, rings, headers, layer, words."""
