"""What a customer wrote shows as much of a person as the reader's role may see."""

from kundig.settings import Texts
from kundig.web.covering import covered

ADA = {"given_name": "Ada", "family_name": "Kern", "company": None}
SAID = [{"text": "Kern hier, <b>0171 2345678</b>, ada@kern.de"}, {"text": None}]


def test_personal_data_is_covered_unless_the_role_may_see_it():
    texts = Texts(shown={"agent": ("name", "phone")})
    assert {role: covered(SAID, ADA, role, texts, "de")[0]["text"] for role in ("agent", "lead")} == {
        "agent": "Kern hier, 0171 2345678 , [E-Mail]",
        "lead": "[Name] hier, [Telefon] , [E-Mail]",
    }
    assert covered(SAID, ADA, "agent", texts, "en")[1] == {"text": None}
