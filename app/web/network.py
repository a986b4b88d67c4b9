"""Which network an address stands for, where addresses are counted."""

from ipaddress import IPv6Address, ip_address

# Longer than any address; a proxy may have passed on something else.
LONGEST = 64


def block(address: str) -> str:
    """The address; of IPv6 the network that one customer gets, as they have all the addresses in it."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address[:LONGEST]
    if not isinstance(parsed, IPv6Address):
        return address
    return str(parsed.ipv4_mapped or parsed.exploded[:19])
