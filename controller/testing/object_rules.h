// SPDX-License-Identifier: Apache-2.0
//
// What the API server does to one object before it stores it, as pure functions for the fake API server.
#ifndef DBA_CONTROLLER_TESTING_OBJECT_RULES_H_
#define DBA_CONTROLLER_TESTING_OBJECT_RULES_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "controller/kube/resource.h"
#include "nlohmann/json.hpp"

namespace dba::kube {

// "jobs.batch": what a collection is stored under.
std::string CollectionName(const Resource& resource);

// Whether the kind has a status that only /status changes.
bool HasStatus(const Resource& resource);

// Whether metadata.generation counts changes outside metadata and status.
bool HasGeneration(const Resource& resource);

// A string in metadata, empty when absent.
std::string MetadataString(const nlohmann::json& object, absl::string_view name);

ObjectKey KeyOf(const nlohmann::json& object);

// INVALID_ARGUMENT: apiVersion or kind is wrong, or a name is not one that DNS would accept.
absl::Status ValidateNew(const Resource& resource, const nlohmann::json& object);

// INVALID_ARGUMENT: the change touches what is immutable (an immutable Secret, a Job's template).
absl::Status ValidateChange(const Resource& resource, const nlohmann::json& before, const nlohmann::json& after);

// Turns a Secret's stringData into data and fills in its type; other kinds stay as they are.
void ApplyDefaults(const Resource& resource, nlohmann::json* object);

// ABORTED when `expected`, a metadata.resourceVersion or metadata.uid of the caller, is given and differs.
absl::Status CheckPreconditions(const Resource& resource, const nlohmann::json& stored, absl::string_view uid,
                                absl::string_view resource_version);

// Copies the fields that only the server sets from `stored` to `object`.
void KeepServerFields(const nlohmann::json& stored, nlohmann::json* object);

// Whether anything but metadata and status differs.
bool SpecDiffers(const nlohmann::json& a, const nlohmann::json& b);

}  // namespace dba::kube

#endif  // DBA_CONTROLLER_TESTING_OBJECT_RULES_H_
