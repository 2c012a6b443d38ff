// SPDX-License-Identifier: Apache-2.0
//
// `dba-agent check`: the hints of migrations judged on a live database, without a cluster. Reads only.
#ifndef DBA_DBAGENT_CHECK_CHECK_H_
#define DBA_DBAGENT_CHECK_CHECK_H_

#include <ostream>
#include <string>
#include <vector>

#include "dbagent/database_source.h"

namespace dba::agent::check {

// Reads the files, asks the database, and prints what was found. The exit code: 0 nothing would block, 1 something
// would, 2 the check could not be made; `err` then says why and what to do.
//   arguments  those after "check"
//   make       opens the database
int Check(const std::vector<std::string>& arguments, const DatabaseSource::Make& make, std::ostream& out,
          std::ostream& err);

}  // namespace dba::agent::check

#endif  // DBA_DBAGENT_CHECK_CHECK_H_
