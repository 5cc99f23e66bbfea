// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ILogAnchor} from "./ILogAnchor.sol";
import {MerkleTree} from "./lib/MerkleTree.sol";

/// @title LogAnchor
/// @notice The heads of the provenance log, chained in one storage word.
/// @dev Two anchorers are fixed in the byte code, the second a cold key: reading one from storage would cost 2,100 of the
/// 30,000. When both are gone a new anchor continues from this one's head.
contract LogAnchor is ILogAnchor {
    address public immutable ANCHORER;
    address public immutable BACKUP;

    /// @dev acc (bits 72–255) | size (32–71) | time (0–31, until the year 2106).
    uint256 private _head;

    uint256 private constant SIZE_SHIFT = 32;
    uint256 private constant ACC_SHIFT = 72;
    uint256 private constant SIZE_MAX = type(uint40).max;

    /// @param prev, size, root the head to continue from; all 0 for a new log
    constructor(address anchorer, address backup, bytes32 prev, uint256 size, bytes32 root) {
        if (anchorer == address(0) || backup == address(0)) revert ZeroAnchorer();
        if (size > SIZE_MAX) revert SizeNotRising(SIZE_MAX, size);
        ANCHORER = anchorer;
        BACKUP = backup;
        _head = size == 0 ? block.timestamp : _pack(_acc(prev, size, root), size);
    }

    /// @inheritdoc ILogAnchor
    function anchor(uint256 size, bytes32 root) external {
        uint256 old = _rising(size);
        bytes32 prev = _accOf(old);
        _head = _pack(_acc(prev, size, root), size);
        emit Anchored(size, root, prev, false);
    }

    /// @inheritdoc ILogAnchor
    function anchorProven(bytes32 prev, bytes32 oldRoot, uint256 size, bytes32 root, bytes32[] calldata proof)
        external
    {
        uint256 old = _rising(size);
        uint256 oldSize = _sizeOf(old);
        bytes32 acc = _accOf(old);
        if (oldSize == 0) {
            if (proof.length != 0) revert Inconsistent();
        } else {
            if (_acc(prev, oldSize, oldRoot) != acc) revert WrongHead();
            if (!MerkleTree.consistent(oldSize, oldRoot, size, root, proof)) revert Inconsistent();
        }
        _head = _pack(_acc(acc, size, root), size);
        emit Anchored(size, root, acc, true);
    }

    /// @inheritdoc ILogAnchor
    function included(bytes32 prev, bytes32 root, bytes32 leafHash, uint256 index, bytes32[] calldata proof)
        external
        view
        returns (bool)
    {
        uint256 size = _sizeOf(_head);
        if (size == 0) revert EmptyTree();
        if (_acc(prev, size, root) != _accOf(_head)) revert WrongHead();
        return MerkleTree.included(index, size, leafHash, root, proof);
    }

    /// @inheritdoc ILogAnchor
    function head() external view returns (bytes32 acc, uint256 size, uint256 anchoredAt_) {
        return (_accOf(_head), _sizeOf(_head), uint32(_head));
    }

    /// @inheritdoc ILogAnchor
    function anchoredAt() external view returns (uint256) {
        return uint32(_head);
    }

    function _rising(uint256 size) private view returns (uint256 old) {
        if (msg.sender != ANCHORER && msg.sender != BACKUP) revert NotAnchorer(msg.sender);
        old = _head;
        if (size <= _sizeOf(old) || size > SIZE_MAX) revert SizeNotRising(_sizeOf(old), size);
    }

    function _sizeOf(uint256 word) private pure returns (uint256) {
        return uint40(word >> SIZE_SHIFT);
    }

    function _accOf(uint256 word) private pure returns (bytes32) {
        return bytes32(word >> ACC_SHIFT << ACC_SHIFT);
    }

    function _acc(bytes32 prev, uint256 size, bytes32 root) private pure returns (bytes32) {
        return _accOf(uint256(keccak256(abi.encode(prev, size, root))));
    }

    function _pack(bytes32 acc, uint256 size) private view returns (uint256) {
        return uint256(acc) | size << SIZE_SHIFT | uint32(block.timestamp);
    }
}
