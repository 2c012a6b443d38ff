-- SPDX-License-Identifier: Apache-2.0
-- What billing had before its first migration: run once, by the admin account.
CREATE TABLE invoice (
  id         BIGINT AUTO_INCREMENT PRIMARY KEY,
  customer   VARCHAR(80) NOT NULL,
  amount     VARCHAR(20),
  created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
);
INSERT INTO invoice (customer, amount)
SELECT CONCAT('customer-', seq MOD 977), CAST(seq * 1.37 AS DECIMAL(18, 2)) FROM seq_1_to_20000;
ANALYZE TABLE invoice;
