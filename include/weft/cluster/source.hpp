// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// What the cluster's layer defines without types of the program, but for what needs MPI: a part of
// what source.cpp compiles once for a program that defines WEFT_SEPARATE_COMPILATION (see
// config.hpp). Nobody else includes it.
#pragma once

#include <weft/cluster/buffer_pool_source.hpp>
#include <weft/cluster/cluster_checkpoints_source.hpp>
#include <weft/cluster/cluster_plan_source.hpp>
#include <weft/cluster/endpoint_source.hpp>
#include <weft/cluster/loopback_source.hpp>
#include <weft/cluster/partition_source.hpp>
#include <weft/cluster/protocol_loss_source.hpp>
#include <weft/cluster/protocol_receive_source.hpp>
#include <weft/cluster/protocol_source.hpp>
#include <weft/cluster/reduce_source.hpp>
#include <weft/cluster/server_messages_source.hpp>
#include <weft/cluster/server_source.hpp>
#include <weft/cluster/server_collectives_source.hpp>
#include <weft/cluster/server_steps_source.hpp>
#include <weft/cluster/simulated_network_source.hpp>
#include <weft/cluster/spec_source.hpp>
#include <weft/cluster/supervised_source.hpp>
#include <weft/cluster/wire_source.hpp>
