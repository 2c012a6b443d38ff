-- SPDX-License-Identifier: Apache-2.0
-- What the shop had before its first migration: run once, by the owner of the database.
CREATE TABLE image (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name       text NOT NULL,
  resolution text,
  created_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO image (name, resolution)
SELECT 'photo-' || n || '.jpg', (320 + n % 3520) || 'x' || (240 + n % 1920)
  FROM generate_series(1, 20000) AS n;
ANALYZE image;
