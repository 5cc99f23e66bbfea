// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title Calls to the settlement money, which may return nothing, return false, or revert.
library Money {
    /// @dev A refund gets no more: a token that burns gas for one receiver must not make an outbid impossible.
    uint256 internal constant PUSH_GAS = 100_000;

    /// @return amount 0 when the money does not say
    function balanceOf(address token, address account) internal view returns (uint256 amount) {
        bytes4 selector = IERC20.balanceOf.selector;
        assembly ("memory-safe") {
            mstore(0, selector)
            mstore(4, account)
            // Arguments are evaluated from the last to the first: the call, then the size of its answer.
            if and(gt(returndatasize(), 31), staticcall(gas(), token, 0, 36, 0, 32)) { amount := mload(0) }
        }
    }

    /// @return done whether the money says that `amount` moved from `from` to `to`
    function pull(address token, address from, address to, uint256 amount) internal returns (bool done) {
        if (amount == 0) return true;
        bytes4 selector = IERC20.transferFrom.selector;
        uint256 call_;
        assembly ("memory-safe") {
            call_ := mload(0x40)
            // An address moved to the left brings the zeros before the next one along.
            mstore(call_, selector)
            mstore(add(call_, 16), shl(96, from))
            mstore(add(call_, 48), shl(96, to))
            mstore(add(call_, 68), amount)
        }
        return _call(token, call_, 100, gasleft());
    }

    /// @return done whether the money says that `amount` moved to `to`; never reverts
    function push(address token, address to, uint256 amount) internal returns (bool done) {
        if (amount == 0) return true;
        bytes4 selector = IERC20.transfer.selector;
        uint256 call_;
        assembly ("memory-safe") {
            call_ := mload(0x40)
            mstore(call_, selector)
            mstore(add(call_, 16), shl(96, to))
            mstore(add(call_, 36), amount)
        }
        return _call(token, call_, 68, PUSH_GAS);
    }

    /// @dev At most one word of the answer is copied: a long answer cannot be made to cost the caller.
    function _call(address token, uint256 place, uint256 size, uint256 gasLimit) private returns (bool done) {
        assembly ("memory-safe") {
            mstore(0, 0)
            if call(gasLimit, token, 0, place, size, 0, 32) {
                // true, or nothing said by an address that has code
                switch returndatasize()
                case 0 { done := gt(extcodesize(token), 0) }
                default { done := and(eq(mload(0), 1), gt(returndatasize(), 31)) }
            }
        }
    }
}
