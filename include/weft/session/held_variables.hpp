// SPDX-FileCopyrightText: 2026 The weft authors
// SPDX-License-Identifier: MIT
//
// Variables of a session, held as a run holds them: others may read them meanwhile, or nobody else
// may use them. What is read is one state of all of them, and what is written is seen by later runs
// as a whole. Values on devices are reached by the devices' copies. It knows no files.
#pragma once

#include <weft/graph/record.hpp>
#include <weft/runtime/variable_store.hpp>
#include <weft/session/core.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace weft {

// What a variable is to hold: elements in host memory, borrowed.
struct variable_contents {
    dims shape;
    const void* data;
};

class held_variables {
public:
    enum class use : unsigned char { read, write };

    // Waits until runs that are in the way have ended, as a run does: not inside of a callable of
    // one. Ids are distinct, of variables. Throws error cancelled or deadline_exceeded as the
    // options say, of which timeout and stop count.
    held_variables(session_core& of, std::span<const node_id> ids, use how,
                   const run_options& options = {});
    held_variables(const held_variables&) = delete;
    held_variables& operator=(const held_variables&) = delete;
    ~held_variables();

    // By their position; what is behind has_value() is for those that have one.
    std::size_t size() const { return values_.size(); }
    const node_record& record(std::size_t i) const { return *plan_.variables[i].record; }
    bool has_value(std::size_t i) const { return values_[i]->initialized; }
    const dims& shape(std::size_t i) const { return values_[i]->shape; }
    std::size_t bytes(std::size_t i) const { return values_[i]->bytes; }
    // Copies some bytes of a value to the host. Throws error naming the node where its device does
    // not give them.
    void copy_out(std::size_t i, std::size_t first, void* to, std::size_t bytes) const;
    // The bytes themselves, or null where the host cannot reach them.
    const void* host_data(std::size_t i) const;

    // Gives all of them new values, of shapes that the variables can have; for use::write. A
    // variable that was in no plan yet is placed as its initializer is. Throws error where there is
    // no memory or a device fails; then all have the values that they had, or, where a device broke
    // off while its values were overwritten, none has a value.
    void assign(std::span<const variable_contents> contents);

private:
    // Memory for a value that will have another size, until it is the variable's.
    struct new_memory {
        new_memory() = default;
        new_memory(const new_memory&) = delete;
        new_memory& operator=(const new_memory&) = delete;
        ~new_memory() {
            if (data != nullptr) on->deallocate(data, bytes);
        }
        device* on = nullptr;
        void* data = nullptr;
        std::size_t bytes = 0;
    };

    void place();
    void fetch_memory(std::size_t i, const dims& shape, new_memory& to);
    void copy_in(std::size_t i, device& on, void* to, const variable_contents& from) const;
    void overwrite(std::span<const variable_contents> contents, std::span<const new_memory> memory);
    [[noreturn]] void refuse(const failure& found, std::size_t i, const device& on) const;
    bool in_host_memory(std::size_t i) const;

    session_core& core_;
    plan plan_;  // nothing but its variables, for the locks
    std::vector<variable_value*> values_;
    std::vector<device*> devices_;  // where values are to be
};

}  // namespace weft

#if WEFT_HEADER_ONLY
#include <weft/session/held_variables_source.hpp>
#endif
