"""All that one member has here, in one archive; and the way back in.

In reading order: contents, archive, building, services, importing.
"""
