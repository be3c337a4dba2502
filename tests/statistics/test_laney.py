"""Charts of shares and rates of which the number of cases changes, by Laney."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.statistics.signals import Rule, laney_chart, xmr_chart

# Emergency attendances in England by week, and those seen within four hours: Mohammed and others
# (2013), BMJ Qual Saf 22:362; limits of the R package qicharts2 0.8.1 (chart pp).
SEEN = [266501, 264225, 276532, 281461, 269071, 261215, 270409, 279778, 270483, 270320,
        267923, 271478, 255353, 256820, 261835, 259144, 255910, 260863, 264465, 260989]  # fmt: skip
ATTENDED = [280443, 276823, 291681, 296155, 282343, 275888, 283867, 295251, 284468, 282529,
            279618, 283932, 266629, 268091, 276803, 271578, 266005, 273520, 278574,
            273772]  # fmt: skip
P_PRIME_LOWER = [0.940130, 0.940046, 0.940378, 0.940473, 0.940173, 0.940025, 0.940207, 0.940454,
                 0.940220, 0.940177, 0.940111, 0.940208, 0.939803, 0.939839, 0.940046, 0.939923,
                 0.939788, 0.939969, 0.940087, 0.939975]  # fmt: skip
# Hospital infections and days at risk by month, from the same package (chart up).
INFECTIONS = [575, 521, 585, 528, 507, 519, 457, 505, 494, 512, 543, 506,
              509, 521, 549, 531, 509, 528, 419, 512, 495, 513, 454, 490]  # fmt: skip
DAYS = [310466.833, 282346.792, 309089.708, 287977.333, 297743.375, 286988.250, 261120.333,
        268720.750, 284437.875, 290449.500, 288104.458, 279961.375, 289803.958, 275950.583,
        290824.458, 285495.750, 282515.208, 273927.875, 253085.625, 262410.708, 275529.250,
        282405.083, 259530.792, 256235.458]  # fmt: skip
U_PRIME_LOWER = [0.00157638, 0.00156436, 0.00157583, 0.00156691, 0.00157116, 0.00156647, 0.00155403,
                 0.00155787, 0.00156532, 0.00156801, 0.00156697, 0.00156326, 0.00156772, 0.00156138,
                 0.00156817, 0.00156580, 0.00156444, 0.00156041, 0.00154979, 0.00155470, 0.00156118,
                 0.00156439, 0.00155321, 0.00155148]  # fmt: skip
NUMBERS = st.lists(
    st.tuples(st.integers(5, 40), st.floats(0, 1)).map(lambda at: (round(at[0] * at[1]), at[0])),
    min_size=2,
    max_size=30,
)


def half_widths(chart, lower):
    """Ours and published distances from centre to lower limit; ours times 3 / 1.128 / 2.66."""
    return (chart.centre - chart.lower) * (3 / 1.128 / 2.66), chart.centre - np.array(lower)


class TestNumbersThatChange:
    """Shares and rates by Laney."""

    def test_limits_of_a_share_are_the_published_ones(self):
        # No range is outlying: screening leaves them as they are.
        chart = laney_chart(np.divide(SEEN, ATTENDED), ATTENDED, is_share=True)
        assert chart.centre[0] == pytest.approx(0.952899711, abs=1e-9)
        np.testing.assert_allclose(*half_widths(chart, P_PRIME_LOWER), atol=1e-6)
        assert set(chart.rules) == {Rule.NONE}

    def test_limits_of_a_rate_are_the_published_ones(self, monkeypatch):
        monkeypatch.setattr("pipelines.statistics.signals.SCREENING_FACTOR", np.inf)
        chart = laney_chart(np.divide(INFECTIONS, DAYS), DAYS, is_share=False)
        assert chart.centre[0] == pytest.approx(0.001823575, abs=1e-9)
        np.testing.assert_allclose(*half_widths(chart, U_PRIME_LOWER), atol=2e-8)

    @given(numbers=NUMBERS, is_share=st.booleans())
    def test_with_the_same_number_every_period_it_is_the_plain_chart(self, numbers, is_share):
        values = np.array([events / 40 for events, _ in numbers])
        chart = laney_chart(values, np.full(values.size, 40), is_share=is_share)
        plain = xmr_chart(values)
        for line in ("centre", "lower", "upper", "near_lower", "near_upper"):
            np.testing.assert_allclose(getattr(chart, line), getattr(plain, line), atol=1e-9)
        assert chart.rules == plain.rules

    def test_a_period_of_few_cases_may_stray_further(self):
        share = [0.5, 0.55, 0.45, 0.52, 0.48] * 4 + [0.0]
        many = laney_chart(share, [100] * 21, is_share=True)
        few = laney_chart(share, [100] * 20 + [4], is_share=True)
        assert (many.rules[-1], few.rules[-1]) == (Rule.OUTSIDE, Rule.NONE)
        assert xmr_chart(share).rules[-1] is Rule.OUTSIDE

    def test_each_group_has_its_own_share_and_spread(self):
        share = [0.2, 0.3] * 4 + [0.7, 0.9] * 4
        chart = laney_chart(share, [20] * 16, is_share=True, rebase=np.arange(16) == 8)
        assert (chart.centre[0], chart.centre[-1]) == pytest.approx((0.25, 0.8))
        alone = laney_chart(share[8:], [20] * 8, is_share=True)
        np.testing.assert_allclose(chart.upper[8:], alone.upper)

    def test_a_period_without_cases_is_a_gap_and_all_or_nothing_has_no_spread(self):
        chart = laney_chart([0.5, 0.0, 0.4], [10, 0, 10], is_share=True)
        assert np.isnan(chart.values).tolist() == [False, True, False]
        flat = laney_chart([1.0] * 9, range(10, 19), is_share=True)
        assert set(flat.rules) == {Rule.NONE}
        np.testing.assert_allclose(flat.upper, 1.0)

    @pytest.mark.parametrize(("values", "base"), [([1.2], [5]), ([-0.1], [5]), ([0.5], [5, 5])])
    def test_what_is_no_share_is_refused(self, values, base):
        with pytest.raises(ValueError):
            laney_chart(values, base, is_share=True)
