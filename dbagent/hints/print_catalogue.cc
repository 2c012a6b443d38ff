// SPDX-License-Identifier: Apache-2.0
//
// Prints the catalogue for docs/hints.md.
#include <iostream>

#include "dbagent/hints/catalogue_markdown.h"

int main() { std::cout << dba::agent::hints::CatalogueMarkdown(); }
