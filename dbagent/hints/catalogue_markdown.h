// SPDX-License-Identifier: Apache-2.0
//
// The catalogue of rules as docs/hints.md holds it. Pure.
#ifndef DBA_DBAGENT_HINTS_CATALOGUE_MARKDOWN_H_
#define DBA_DBAGENT_HINTS_CATALOGUE_MARKDOWN_H_

#include <string>

namespace dba::agent::hints {

// A table with one line for each rule, ending in a line feed.
std::string CatalogueMarkdown();

}  // namespace dba::agent::hints

#endif  // DBA_DBAGENT_HINTS_CATALOGUE_MARKDOWN_H_
