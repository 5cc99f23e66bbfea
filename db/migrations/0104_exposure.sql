-- Exposure to confirmed crime (R55): one case a party, whoever confirms the notice that brings it to a figure.
create unique index case_exposed_once on risk.case (party_id) where kind = 'exposure';
