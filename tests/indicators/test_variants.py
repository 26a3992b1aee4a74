from indicators import build, catalogue, stored, stored_columns, stored_names

# What must always be stored; the rest of the table may change.
ASKED = {f"{average}_{period}" for average in ("sma", "ema") for period in (5, 10, 20, 50, 100, 200)} | {
    *(
        "rsi_7",
        "rsi_14",
        "rsi_21",
        "atr_14",
        "adx_14",
        "cci_14",
        "cci_20",
        "roc_10",
        "roc_20",
        "wma_20",
        "hma_20",
        "obv",
    ),
    *("bbands_20_2_upper", "bbands_20_2_middle", "bbands_20_2_lower"),
    *("macd_12_26_9", "macd_12_26_9_signal", "macd_12_26_9_hist"),
    *("stoch_5_3_3_k", "stoch_5_3_3_d", "stoch_14_3_3_k", "stoch_14_3_3_d"),
}


def test_the_usual_variants_are_stored():
    assert set(stored_columns()) >= ASKED
    patterns = sum(1 for indicator in stored() if indicator.family == "patterns")
    assert patterns == 61
    assert 240 <= len(stored_columns()) - patterns <= 260


def test_a_column_leads_back_to_its_indicator():
    for name, (indicator, position) in stored_columns().items():
        assert indicator.column_names()[position] == name
    assert sum(len(indicator.outputs) for indicator in stored()) == len(stored_columns())


def test_defaults_of_what_is_stored_are_stored_too():
    ids = {indicator.id for indicator in stored()}
    missing = {cls.id for cls in catalogue() if cls.id in ids and cls() not in stored_names()}
    assert missing == {"max", "min"}  # the 52-week extremes only


def test_an_instance_is_looked_up_by_its_parameters():
    assert stored_names()[build("rsi", {"timeperiod": "14"})] == ("rsi_14",)
    assert build("rsi", {"period": 15}) not in stored_names()
