"""The only way out of Kith: no other module imports a client of the network (a rule of `core/testing/rules` refuses it).

    answer = web.send("POST", "https://example.org/hook", body=b"{}")       # core/egress/web.py
    mail goes by core/egress/mail.py, which settings name as backend

A name is looked up once, every address it has is checked (`places.py`), and the connection goes to one of those addresses,
never to the name again. What a server answers leads nowhere else: redirects are not followed.
"""
