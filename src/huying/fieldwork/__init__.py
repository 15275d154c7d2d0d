"""Fieldwork: what union cadres do at the grassroots (工作记录), the studios they work from (群众工作室), whom they stand by
(联系点 联系户 结对), the days on which leaders receive workers (接待日).

Not for: what becomes of a matter once it is a case (cases), how much of all this was owed (duties)."""
