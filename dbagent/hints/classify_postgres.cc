// SPDX-License-Identifier: Apache-2.0
#include "dbagent/hints/classify.h"

namespace dba::agent::hints {

Impact ClassifyPostgres(const Hint&, const SchemaState&) {
  Impact impact;
  impact.unknown = "this server's changes are not classified yet";
  return impact;
}

}  // namespace dba::agent::hints
